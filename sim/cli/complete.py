"""Completion in a shell: setting names, and the files and words that a setting can take. Click brings the scripts."""

from collections.abc import Iterable

from click.shell_completion import BashComplete, CompletionItem, add_completion_class

PARAMS = "params."  # three hundred names, which come only once this is typed


class Bash(BashComplete):
    """Bash takes `scenario=ad` for three words, and would put a space behind `host.replies=`."""

    source_template = BashComplete.source_template.replace(
        "    return 0", "    [[ ${COMPREPLY-} == *= ]] && compopt -o nospace\n    return 0"
    )

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor and the one at it, key and value together."""
        words, last = super().get_completion_args()
        if last == "=" and words:
            return words[:-1], f"{words[-1]}="
        if words[1:] and words[-1] == "=":
            return words[:-2], f"{words[-2]}={last}"
        return words, last

    def format_completion(self, item: CompletionItem) -> str:
        """Return what Bash puts in place of its last word."""
        value = item.value.partition("=")[2]
        return f"{item.type},{value or item.value}"


add_completion_class(Bash)


def settings(begun: str) -> list[str]:
    """Return the settings that begin so or, behind the equals sign, the words that the setting can take."""
    key, equals, rest = begun.partition("=")
    if key.startswith("alt.") and equals:
        return [f"{key}={inner}" for inner in settings(rest)]
    if equals:
        return [f"{key}={word}" for word in words(key) if word.startswith(rest)]
    from sim.lab.settings import folders, keys
    from sim.lab.settings.config import TOP

    names = {*TOP, *keys.levels(), *folders.KINDS, "experiment"} - {"venues"}
    known = {f"{name}=" if begun.startswith(PARAMS) or not name.startswith(PARAMS) else PARAMS for name in names}
    return sorted(name for name in known if name.startswith(begun))


def words(key: str) -> Iterable[str]:
    """Return the files or words that a setting can take; nothing for a number."""
    from sim.lab.settings import folders

    if key in folders.KINDS:
        return folders.files(key)
    if key == "experiment":
        from sim.lab.settings import experiments

        return experiments.files()
    if key == "vectors":
        return ["auto", "declared", *folders.files(folders.VECTORS)]
    if key in ("host.policy", "host.schedule"):
        from sim.world.levers import SCHEDULES
        from sim.world.mechanisms.hosting import POLICIES

        return POLICIES if key == "host.policy" else SCHEDULES
    return ()
