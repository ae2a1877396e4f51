from django.core.management.base import BaseCommand, CommandError, no_translations

from workflows.factors import encrypt_anew


class Command(BaseCommand):
    help = "Encrypt the keys of all second factors under the first of FACTOR_KEYS, after which the later ones can be left out."

    @no_translations
    def handle(self, **_options: object) -> None:
        done, lost = encrypt_anew()
        self.stdout.write(f"{done} second factors are encrypted under the first key.")
        if lost:
            raise CommandError(f"{lost} can be read under none of FACTOR_KEYS: give the lost key back, or reset these factors.")
