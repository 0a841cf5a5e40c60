"""Who must have a second factor, and how a session is told in words. No database."""

from datetime import UTC, datetime, timedelta

import pytest

from palier.kernel.accounts.rules import Standing, device_of, network_of, obligation

SINCE = datetime(2026, 11, 1, 8, tzinfo=UTC)


def asked(**changed):
    fields = {"roles": ["director", "observer"], "forced": ["director"], "has_factor": False, "since": SINCE,
              "grace_days": 14, "at": SINCE + timedelta(days=3)}  # fmt: skip
    return obligation(**{**fields, **changed})


class TestObligation:
    def test_leaves_the_time_of_grace_from_the_day_it_began(self):
        one = asked()

        assert (one.standing, one.due_at, one.roles) == (
            Standing.GRACE,
            SINCE + timedelta(days=14),
            ("director",),
        )

    def test_is_overdue_at_the_end_of_the_grace_and_not_before(self):
        last_moment = SINCE + timedelta(days=14)

        assert asked(at=last_moment - timedelta(seconds=1)).standing == Standing.GRACE
        assert asked(at=last_moment).standing == Standing.OVERDUE

    def test_asks_nothing_of_other_roles_nor_of_who_showed_a_factor(self):
        assert asked(roles=["observer"]).standing == Standing.FREE
        assert asked(has_factor=True, at=SINCE + timedelta(days=90)).standing == Standing.FREE

    def test_without_grace_asks_at_once(self):
        assert asked(grace_days=0, at=SINCE).standing == Standing.OVERDUE


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


class TestDevice:
    @pytest.mark.parametrize(
        ("agent", "told"),
        [
            (CHROME, ("Chrome", "Windows")),
            (f"{CHROME} Edg/140.0", ("Edge", "Windows")),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1",
                ("Safari", "iPhone"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/27.0 Chrome/125.0 Safari/537.36",
                ("Samsung Internet", "Android"),
            ),
            ("curl/8.0", ("", "")),
            ("", ("", "")),
        ],
    )
    def test_is_told_by_its_own_name(self, agent, told):
        assert device_of(agent) == told


class TestNetwork:
    @pytest.mark.parametrize(
        ("address", "kept"),
        [
            ("192.0.2.77", "192.0.2.x"),
            ("::ffff:192.0.2.77", "192.0.2.x"),
            ("2001:db8:1234:5678::9", "2001:db8:1234::"),
            ("127.0.0.1", "localhost"),
            ("nonsense", ""),
        ],
    )
    def test_is_kept_without_the_machine(self, address, kept):
        assert network_of(address) == kept
