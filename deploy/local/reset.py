"""`make reset`: delete the local data, after asking. Kafka's jars, the tools and the issuer's key stay."""

import shutil
import sys

from deploy.local import preflight
from deploy.local.rootless import home_of
from deploy.local.settings import Settings


def main() -> int:
    """0 when the data are gone or were never there, 1 when they stay."""
    settings = Settings.read()
    try:
        with preflight.lock(settings.folder):
            data = settings.folder / "data"
            places = [data, *{home_of(data / "postgres")}.difference({(data / "postgres").resolve()})]
            print("This deletes all local data of Wahana:", *(f"  {place}" for place in places), sep="\n")
            try:
                answer = input("Delete? Type yes: ")
            except (EOFError, KeyboardInterrupt):
                answer = ""
            if answer.strip().lower() not in ("yes", "y", "ya"):
                print("Nothing was deleted.")
                return 1
            for place in places:
                if place.exists():
                    shutil.rmtree(place)
            print("Deleted.")
            return 0
    except (preflight.NotReady, OSError) as error:
        print(f"Nothing more was deleted: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
