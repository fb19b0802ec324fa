from exporter.sandbox.clock import accelerated


def test_clock_goes_on_from_its_start() -> None:
    """The clock shows its start, then so many seconds for each of the other's."""
    seconds = [50.0]
    clock = accelerated(1_000.0, 1_200.0, lambda: seconds[0])
    assert 1_000.0 == clock()
    seconds[0] += 3
    assert 4_600.0 == clock()
