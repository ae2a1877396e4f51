"""Will they make it: how long stays take is measured, the rest of a season is played through many times, and the share is counted.

``reading`` and ``showing`` know the database and the reader; everything else here is plain Python without either.
"""
