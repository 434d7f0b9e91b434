"""The words are read as YAML 1.2 means them, by whatever reads them quickly."""

from __future__ import annotations

from importlib.resources import files

from ruamel.yaml import YAML

from nbsolve import phrases


def test_two_readers_agree() -> None:
    text = files("nbsolve.phrases").joinpath("en.yaml").read_text(encoding="utf-8")
    assert phrases._phrases() == YAML(typ="safe", pure=True).load(text)
