"""The run's own line to its broker: messages sent again, the queue emptied, the queue taken away at the end."""

import contextlib
from pathlib import Path

from celery import Celery
from redis import Redis

TASKS = (
    "drain",
    "run_jobs",
    "end_by_clock",
    "seal",
    "sweep_stuck_files",
    "expire_postings",
    "print_orders",
    "remind",
    "escalate",
    "tell_due",
    "mail_digests",
)


class Wire:
    """Speaks to ``broker`` over a queue of the run's own; ``folder`` is where the filesystem transport keeps its letters."""

    def __init__(self, broker: str, queue: str, folder: Path) -> None:
        self.queue = queue
        self.app = Celery("faults", broker=broker, set_as_current=False)
        options: dict[str, object] = {"max_retries": 1}
        if broker.startswith("filesystem"):
            letters, control = folder / "letters", folder / "control"
            for one in (letters, control):
                one.mkdir(parents=True, exist_ok=True)
            options = {"data_folder_in": str(letters), "data_folder_out": str(letters), "control_folder": str(control)}
        elif broker.startswith("redis"):
            options = {"global_keyprefix": f"{queue}:"}
        self.app.conf.update(
            broker_transport_options=options, task_default_queue=queue, task_ignore_result=True, broker_connection_timeout=3
        )

    def send_all(self, times: int) -> int:
        """Send each wake-up so many times; return how many were sent."""
        for _time in range(times):
            for task in TASKS:
                self.app.send_task(f"workflows.tasks.{task}", queue=self.queue, retry=False)
        return times * len(TASKS)

    def flush(self) -> int:
        """Throw away what waits in the queue and return how many messages that were."""
        with self.app.connection_for_write() as connection, connection.channel() as channel:
            return int(channel.queue_purge(self.queue) or 0)

    def forget(self) -> None:
        """Take the queue away with all that waits in it, as a broker forgets it that kept nothing on its disk."""
        with self.app.connection_for_write() as connection, connection.channel() as channel:
            channel.queue_delete(self.queue)

    def take_away(self) -> None:
        """Take queue, exchange and whatever else bears their name from the broker."""
        with contextlib.suppress(Exception), self.app.connection_for_write() as connection, connection.channel() as channel:
            channel.queue_delete(self.queue)
            channel.exchange_delete(self.queue)
        if self.app.conf.broker_url.startswith("redis"):
            with Redis.from_url(self.app.conf.broker_url) as redis:
                for key in redis.scan_iter(f"{self.queue}:*"):
                    redis.delete(key)
        self.app.close()
