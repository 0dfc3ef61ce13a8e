"""Models are listed, pulled, resumed, checked, unpacked and removed."""

from __future__ import annotations

import asyncio
import bz2
import fcntl
import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from orion.errors import Conflict, NotFound, ProviderError, StartError
from orion.providers import _models
from orion.providers._models import catalogue as models
from orion.providers._models.download import safe
from orion.providers._models.pull import pull, remove
from tests.providers.hub import archive, catalogue, hub

FILES = {"encoder.onnx": os.urandom(60_000), "tokens.txt": b"a 0\n"}


@pytest.fixture
def source():
    with hub() as served:
        yield served


@pytest.fixture
def project(settings, tmp_path):
    (tmp_path / "project").mkdir()
    return settings.changed(project=tmp_path / "project")


@pytest.fixture
def pull_one(source, project):
    """Pulls the one model of the project's list, `small`; gives the progress that was told."""

    async def bring(**values):
        if values or not (project.project / "models.yaml").exists():
            catalogue(project.project, small=source.entry("small", FILES, **values))
        told: list[int] = []
        await pull(project, models.find(project, "small"), told.append)
        return told

    return bring


def partial(settings):
    return sorted(
        path.name for path in (models.folder(settings) / ".partial").iterdir() if path.name != "lock"
    )


def there(settings):
    return [model.name for model in models.pulled(settings)]


def test_the_catalogue_names_only_what_can_be_checked_and_used_freely(settings):
    known = models.catalogue(settings)
    assert {model.provider for model in known.values()} == {"moonshine", "whisper", "piper", "kokoro"}
    assert all(safe(model.url) and model.size_bytes > 1e6 for model in known.values())
    assert len({model.sha256 for model in known.values()}) == len(known)
    assert not [model for model in known.values() if "NC" in model.licence or "SA" in model.licence]
    for model in known.values():
        assert (set(model.speaks) == set(model.languages)) == (model.kind == "tts")


def test_what_could_serve_a_language_is_told_as_a_command(settings):
    assert models.advice(settings, "tts", "de-AT") == "orion models pull piper-de-thorsten"
    assert models.advice(settings, "stt", "pt_BR") == "orion models pull whisper-base"
    assert models.advice(settings, "stt", "tlh") == ""


async def test_a_model_is_pulled_with_progress_into_its_place(pull_one, project):
    told = await pull_one()
    assert told == sorted(told)
    assert told[-1] == models.find(project, "small").size_bytes
    [model] = models.pulled(project)
    assert model == models.find(project, "small")
    places = models.places(project, model)
    assert Path(places["encoder"]).read_bytes() == FILES["encoder.onnx"]
    assert partial(project) == []


async def test_a_model_whose_entry_is_gone_stays_in_use(pull_one, project):
    await pull_one()
    (project.project / "models.yaml").unlink()
    assert there(project) == ["small"]


@pytest.mark.parametrize("at", [1, 999, 30_000])
async def test_a_download_that_breaks_off_goes_on_where_it_stopped(pull_one, source, at):
    source.drops_after = [at]
    await pull_one()
    (_, first, _), (_, second, tag) = source.asked
    assert (first, second) == ("", f"bytes={at}-")
    assert tag.startswith('"')


async def test_where_every_attempt_breaks_off_the_next_pull_goes_on(pull_one, source, project):
    source.drops_after = [10_000, 0, 0, 0, 0, 0]
    with pytest.raises(ProviderError, match="run it again to go on"):
        await pull_one()
    assert [name.rpartition(".")[2] for name in partial(project)] == ["etag", "part"]
    source.drops_after = []
    await pull_one()
    assert source.asked[-1][1] == "bytes=10000-"
    assert there(project) == ["small"]


async def test_a_pull_that_is_cancelled_leaves_what_can_be_resumed(source, project):
    catalogue(project.project, small=source.entry("small", FILES))
    reached = asyncio.Event()
    source.drops_after = [20_000]

    def tell(_bytes):
        reached.set()
        pulling.cancel()

    pulling = asyncio.get_running_loop().create_task(pull(project, models.find(project, "small"), tell))
    with pytest.raises(asyncio.CancelledError):
        await pulling
    assert there(project) == []
    await pull(project, models.find(project, "small"), lambda _: None)
    assert source.asked[-1][1].startswith("bytes=")
    assert there(project) == ["small"]


async def test_a_file_that_changed_meanwhile_comes_whole(pull_one, source, project):
    source.drops_after = [10_000, 0, 0, 0, 0]
    with pytest.raises(ProviderError):
        await pull_one()
    tag = next((models.folder(project) / ".partial").glob("*.etag"))
    tag.write_text('"another"')
    await pull_one()
    assert there(project) == ["small"]


async def test_a_weak_entity_tag_resumes_nothing(pull_one, source):
    source.weak = True
    source.drops_after = [10_000]
    await pull_one()
    assert [asked[1] for asked in source.asked] == ["", ""]


async def test_what_is_not_the_catalogues_file_is_deleted_and_told(pull_one, project):
    with pytest.raises(ProviderError, match="is not the file of the catalogue"):
        await pull_one(sha256="0" * 64)
    assert there(project) == []
    assert [name for name in partial(project) if name.endswith(".part")] == []


async def test_more_bytes_than_the_catalogue_says_are_refused(pull_one, project):
    with pytest.raises(ProviderError, match="sends more than"):
        await pull_one(size_bytes=1000)
    assert there(project) == []


async def test_a_server_that_refuses_is_told_by_its_status(pull_one, source):
    source.status = 403
    with pytest.raises(ProviderError, match=r"127\.0\.0\.1 answers 403"):
        await pull_one()


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_refuses_for_a_while_takes_nothing_of_what_has_come(pull_one, source, status):
    source.drops_after = [10_000, 0, 0, 0, 0, 0]
    with pytest.raises(ProviderError, match="broke off"):
        await pull_one()
    source.drops_after, source.status = [], status
    with pytest.raises(ProviderError, match=f"answers {status}"):
        await pull_one()
    source.status, before = 0, len(source.asked)
    await pull_one()
    assert [asked[1] for asked in source.asked[before:]] == ["bytes=10000-"]


async def test_redirects_are_followed_but_never_out_of_https(pull_one, source, project):
    catalogue(project.project, small=source.entry("small", FILES, url=f"{source.url}/moved.tar.bz2"))
    source.redirects = {"moved.tar.bz2": "/small.tar.bz2"}
    await pull_one()
    assert there(project) == ["small"]
    source.redirects = {"moved.tar.bz2": "http://models.example/small.tar.bz2"}
    remove(project, "small")
    with pytest.raises(ProviderError, match="by https"):
        await pull_one()
    source.redirects = {"moved.tar.bz2": "/moved.tar.bz2"}
    with pytest.raises(ProviderError, match="circle"):
        await pull_one()


async def test_a_mirror_serves_all_archives_from_one_folder(source, project):
    entry = source.entry("small", FILES)
    entry["url"] = "https://models.example/releases/small.tar.bz2"
    catalogue(project.project, small=entry)
    mirrored = project.changed(models_url=source.url)
    await pull(mirrored, models.find(mirrored, "small"), lambda _: None)
    assert there(mirrored) == ["small"]
    with pytest.raises(StartError, match="by https"):
        await pull(project.changed(models_url="http://10.0.0.7"), models.find(project, "small"), print)


async def test_two_pulls_at_once_do_not_disturb_each_other(pull_one, project):
    lock = models.folder(project) / ".partial" / "lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="another process pulls"):
            await pull_one()
    await pull_one()


async def test_a_disk_without_room_is_told_before_anything_is_downloaded(pull_one, source):
    with pytest.raises(StartError, match="are free in"):
        await pull_one(size_bytes=1 << 60)
    assert source.asked == []


def test_a_pulled_model_can_be_removed_and_nothing_else(project):
    with pytest.raises(NotFound):
        remove(project, "nonsense")
    for name in (".partial", "..", "../models/.partial", ""):
        with pytest.raises(NotFound):
            remove(project, name)


async def test_a_damaged_entry_is_as_if_it_were_not_there_and_can_be_pulled_again(pull_one, project):
    await pull_one()
    (models.folder(project) / "small" / "model.json").write_text("{")
    assert there(project) == []
    await pull_one()
    assert there(project) == ["small"]


async def test_a_second_pull_of_a_name_replaces_the_first(pull_one, project):
    await pull_one()
    await pull_one(licence="MIT-0")
    assert [model.licence for model in models.pulled(project)] == ["MIT-0"]
    remove(project, "small")
    assert there(project) == []
    assert partial(project) == []


def hostile(members) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:bz2") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def link(name: str, to: str, kind: bytes) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, to
    return made


@pytest.mark.parametrize(
    "members",
    [
        [(link("x/encoder.onnx", "/etc/passwd", tarfile.SYMTYPE), b"")],
        [(link("x/encoder.onnx", "/etc/passwd", tarfile.LNKTYPE), b"")],
        [(link("x/encoder.onnx", "", tarfile.FIFOTYPE), b"")],
        [(tarfile.TarInfo("x/other.onnx"), b"1")],
    ],
    ids=["symbolic link", "hard link", "pipe", "another file"],
)
async def test_an_archive_without_the_files_themselves_is_refused(source, project, members):
    catalogue(project.project, bad=source.packed("bad", hostile(members), ["encoder.onnx"]))
    with pytest.raises(ProviderError, match=r"lacks encoder\.onnx"):
        await pull(project, models.find(project, "bad"), lambda _: None)
    assert there(project) == []


async def test_paths_of_an_archive_lead_nowhere(source, project, tmp_path):
    members = [
        (tarfile.TarInfo("../../../encoder.onnx"), b"weights"),
        (tarfile.TarInfo("/tmp/../tokens.txt"), b"tokens"),
        (tarfile.TarInfo("../escaped.txt"), b"bad"),
    ]
    entry = source.packed("odd", hostile(members), ["encoder.onnx", "tokens.txt"])
    catalogue(project.project, odd=entry)
    await pull(project, models.find(project, "odd"), lambda _: None)
    found = {path.name for path in (models.folder(project) / "odd").iterdir()}
    assert found == {"encoder.onnx", "tokens.txt", "model.json"}
    assert not list(tmp_path.rglob("escaped.txt"))


async def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(source, project):
    bomb = archive({"padding": bytes(40 << 20), "encoder.onnx": b"x"})
    assert len(bomb) < 10_000
    catalogue(project.project, bomb=source.packed("bomb", bomb, ["encoder.onnx"]))
    with pytest.raises(ProviderError, match="unpacks to more"):
        await pull(project, models.find(project, "bomb"), lambda _: None)
    assert there(project) == []


async def test_a_file_of_holes_is_refused(source, project, tmp_path):
    holes = tmp_path / "encoder.onnx"
    with holes.open("wb") as file:
        file.truncate(64 << 20)
    packed = tmp_path / "holes.tar.bz2"
    subprocess.run(["tar", "-Sc", "-jf", packed, "-C", tmp_path, holes.name], check=True)
    catalogue(project.project, holes=source.packed("holes", packed.read_bytes(), ["encoder.onnx"]))
    with pytest.raises(ProviderError, match=r"lacks encoder\.onnx"):
        await pull(project, models.find(project, "holes"), lambda _: None)


async def test_an_archive_that_is_damaged_is_told(source, project):
    catalogue(
        project.project, bad=source.packed("bad", bz2.compress(b"no tar at all" * 100), ["encoder.onnx"])
    )
    with pytest.raises(ProviderError, match="cannot be unpacked"):
        await pull(project, models.find(project, "bad"), lambda _: None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sha256": "abc"}, "sha256"),
        ({"files": {"encoder": "../encoder.onnx"}}, "files"),
        ({"url": "https://models.example/model.zip"}, "url"),
        ({"size_bytes": 0}, "size_bytes"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_an_entry_that_cannot_be_used_is_told(source, project, change, told):
    catalogue(project.project, small=source.entry("small", FILES, **change))
    with pytest.raises(StartError, match=told):
        models.catalogue(project)


def test_a_project_adds_to_the_catalogue(source, project):
    catalogue(project.project, small=source.entry("small", FILES))
    assert "small" in models.catalogue(project)
    assert "whisper-base" in models.catalogue(project)
    assert _models.__doc__
