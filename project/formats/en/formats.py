from project.formats.hi.formats import *  # noqa: F403 -- the country's habits are the same in both languages
