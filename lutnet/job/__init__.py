"""Jobs: grading one shot as a value that can be named, sent, kept and done by anybody, any number of times."""

from lutnet.job.identity import jobs_of, maker, media_identity
from lutnet.job.outcome import Outcome
from lutnet.job.record import Engine, Job, Recipe

__all__ = ["Engine", "Job", "Outcome", "Recipe", "jobs_of", "maker", "media_identity"]
