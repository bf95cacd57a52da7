"""Files in and out: facts, reading, resampling, writing. The only user of PyAV."""
