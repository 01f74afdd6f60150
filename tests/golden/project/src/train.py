"""Stands in for a training script in the commands that the documents show."""

import time

time.sleep(0.1)
