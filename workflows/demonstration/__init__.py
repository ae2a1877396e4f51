"""Files of the demonstration: opened and moved through the real forms and verbs, as if on earlier days."""

from workflows.demonstration.story import Story
from workflows.demonstration.walk import load_files

__all__ = ["Story", "load_files"]
