"""studyapp: daily study of a quantitative subject, with answers backed by live computation."""

__version__ = "0.1.0"
