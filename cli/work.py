"""`trinhky work`: one worker that drives flow runs, for machines beside the first."""


def work() -> None:
    """Chạy một tiến trình thực hiện các luồng đến khi nhận tín hiệu dừng.

    Cần TRINHKY_PREFECT__API_URL nếu máy chủ điều phối không ở máy này.
    """
    from wiring.settings import load_settings  # noqa: PLC0415 (heavy; help must be quick)
    from wiring.worker import work as work_here  # noqa: PLC0415 (same)

    work_here(load_settings())
