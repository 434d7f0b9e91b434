"""The finished site takes the place of the old one at once, whatever happens meanwhile."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbsolve.book.linking import link_or_copy

_FRESH, _OLD = ".html.new", ".html.old"
_EXCHANGE = 2  # RENAME_EXCHANGE
_HERE = -100  # AT_FDCWD
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}


@dataclass(frozen=True, slots=True)
class Same:
    """A file of the site that stays as it is, and the hash that it was found to have."""

    path: Path
    hash: str


Content = Path | bytes | Callable[[], bytes] | Same
"""What stands in a file: that of another file, bytes, what makes them when it is its turn, or what stands there."""


def content_of(content: Content) -> bytes:
    """The bytes themselves."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, Same):
        return content.path.read_bytes()
    return content.read_bytes() if isinstance(content, Path) else content()


def publish(files: Mapping[str, Content], site: Path) -> dict[str, str]:
    """Make `site` hold exactly `files`, and return the hash of each.

    `files` says for each place in the site what stands there. Files that are as they
    were keep their dates, so that copying the site elsewhere copies what is new. The site is the old one or the new
    one whole, even where the process is killed; `repair` must have been called before.
    """
    fresh = site.with_name(_FRESH)
    hashes: dict[str, str] = {}
    try:
        fresh.mkdir(parents=True)
        for place in sorted(files):
            new = fresh / place
            new.parent.mkdir(parents=True, exist_ok=True)
            content = files[place]
            if isinstance(content, Same):
                hashes[place] = content.hash
                link_or_copy(content.path, new)
                continue
            data = content_of(content)
            hashes[place] = hashlib.sha256(data).hexdigest()
            if not _linked(data, site / place, new):
                new.write_bytes(data)
        _take_the_place(fresh, site)
    finally:
        repair(site)
    return hashes


def repair(site: Path) -> None:
    """Put right what a killed run left: a site moved out of the way comes back, copies that are not finished go."""
    old = site.with_name(_OLD)
    if not os.path.lexists(site) and old.is_dir():
        old.rename(site)
    for name in (_FRESH, _OLD, "html.new", "html.old"):
        remove(site.with_name(name))


def replace_folder(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of a folder that may be missing for a moment, but must never be there in part."""
    old = folder.with_name(f".{folder.name}.old")
    remove(old)
    if folder.exists():
        folder.rename(
            old
        )  # removed where it stands, it would be there in part if the process ended meanwhile
    fresh.rename(folder)
    remove(old)


def remove(path: Path) -> None:
    """Remove a folder, or a link in its place, where there is one."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def site_hashes(site: Path) -> dict[str, str]:
    """The hash of each file of the site; nothing where there is no site."""
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in site.rglob("*")
        if path.is_file()
    }


def _linked(data: bytes, old: Path, new: Path) -> bool:
    """Whether the old file has the same content and is now the new one too."""
    try:
        if old.is_symlink() or old.stat().st_size != len(data) or old.read_bytes() != data:
            return False
        os.link(old, new)
    except OSError:  # there is no old one, or the file system has no links
        return False
    return True


def _take_the_place(fresh: Path, site: Path) -> None:
    if not os.path.lexists(site):
        fresh.rename(site)
    elif not exchanged(fresh, site):
        # here the site is gone for a moment; where the process ends just then, `repair` brings it back
        site.rename(site.with_name(_OLD))
        fresh.rename(site)


def exchanged(one: Path, other: Path) -> bool:
    """Whether the two have changed places in one step, which Linux can do on most file systems."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    rename.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))
