"""A token that counts wrong PINs and locks at the third, in front of SoftHSM2, which never does.

    module = locking_module()        # None without a C compiler: skip the test
    module.wrong, module.logins      # what it counted
    module.pull_out()                # the next signature finds the device removed

The library behind is loaded a second time in this process, and initialised by us twice: so use it
in a child process (`trinhky agent`, `sys.executable -c …`) with `module.environment`, unless
nothing else in the test opens SoftHSM2.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.tokens import MODULE

SOURCE = Path(__file__).with_name("locking_module.c")


@dataclass(frozen=True, slots=True)
class LockingModule:
    """The module and what it wrote down."""

    path: Path
    state: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process that loads it must have."""
        return {"LOCKING_MODULE": str(MODULE), "LOCKING_STATE": str(self.state)}

    @property
    def wrong(self) -> int:
        """Wrong PINs since the last right one."""
        return self._numbers()[0]

    @property
    def logins(self) -> int:
        """How often a PIN was given, ever."""
        return self._numbers()[1]

    def reset(self) -> None:
        """As new from the issuer."""
        self.state.write_text("0 0 0")

    def pull_out(self) -> None:
        """From now on it is gone."""
        self.state.write_text("{} {} 1".format(*self._numbers()[:2]))

    def _numbers(self) -> list[int]:
        return [int(one) for one in self.state.read_text().split()]


def locking_module(folder: Path) -> LockingModule | None:
    """Builds the module in a folder; None where there is no C compiler or no SoftHSM2."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not MODULE.exists():
        return None
    path = folder / "locking_module.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(path), str(SOURCE), "-ldl"],
                   check=True)  # fmt: skip
    made = LockingModule(path, folder / "locking.state")
    made.reset()
    return made
