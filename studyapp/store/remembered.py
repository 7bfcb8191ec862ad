"""What simulations said, kept by the hash of their file, so that nothing is computed twice."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select

from studyapp.store.sqlite import Files
from studyapp.store.tables import description, key

_d, _k = description.c, key.c
_SHA256, _QUESTION = bindparam("file_hash", type_=_k.sha256.type), bindparam("asked", type_=_k.question.type)
_GET_DESCRIPTION = select(_d.content).where(_d.sha256 == _SHA256)
_DROP_DESCRIPTION = delete(description).where(_d.sha256 == _SHA256)
_GET_KEY = select(_k.content).where(_k.sha256 == _SHA256, _k.question == _QUESTION)
_DROP_KEY = delete(key).where(_k.sha256 == _SHA256, _k.question == _QUESTION)


class Remembered:
    """Descriptions and keys as JSON that the caller made and understands."""

    def __init__(self, files: Files) -> None:
        self._files, self._connection = files, files.connection

    def description(self, sha256: str) -> str | None:
        """The description of a file with this hash, None if there is none yet."""
        return self._connection.scalar(_GET_DESCRIPTION, {"file_hash": sha256})

    def put_description(self, sha256: str, text: str) -> None:
        """Keep a description, in the place of an earlier one."""
        with self._files.writing() as connection:
            connection.execute(_DROP_DESCRIPTION, {"file_hash": sha256})
            connection.execute(insert(description), {"sha256": sha256, "content": text})

    def key(self, sha256: str, question: str) -> str | None:
        """The key to a question about a file with this hash, None if there is none yet."""
        return self._connection.scalar(_GET_KEY, {"file_hash": sha256, "asked": question})

    def put_key(self, sha256: str, question: str, text: str) -> None:
        """Keep a key, in the place of an earlier one."""
        with self._files.writing() as connection:
            connection.execute(_DROP_KEY, {"file_hash": sha256, "asked": question})
            connection.execute(insert(key), {"sha256": sha256, "question": question, "content": text})
