"""`python -m infra.local.sandbox <folder> [--proxy PORT] …` runs a sandbox in the foreground."""

import argparse
import asyncio
import logging
from pathlib import Path

from infra.local.sandbox.folder import Folder, Ports
from infra.local.sandbox.server import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="sandbox", description="The vendors Herald talks to, on this machine.")
    parser.add_argument("folder", type=Path)
    for name in Ports.__struct_fields__:
        parser.add_argument(f"--{name}", type=int, default=0, metavar="PORT")
    arguments = vars(parser.parse_args())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own use of login_data
    asyncio.run(run(Folder(arguments.pop("folder")), Ports(**arguments)))
