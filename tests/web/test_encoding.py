import pytest

from exporter.web.encoding import is_gzip_accepted


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("gzip", True, id="gzip"),
        pytest.param("GZip", True, id="case"),
        pytest.param("x-gzip", True, id="old_name"),
        pytest.param("deflate, gzip;q=0.5", True, id="among_others"),
        pytest.param("br;q=1.0, gzip ; q=0.001", True, id="little_weight"),
        pytest.param("*", True, id="any"),
        pytest.param("gzip;level=1", True, id="other_parameter"),
        pytest.param("", False, id="empty"),
        pytest.param("identity", False, id="identity"),
        pytest.param("deflate, br", False, id="others"),
        pytest.param("gzip;q=0", False, id="refused"),
        pytest.param("gzip;Q=0.000", False, id="refused_with_decimals"),
        pytest.param("*;q=0", False, id="all_refused"),
        pytest.param("gzip;q=0, *", False, id="refused_by_name_over_any"),
        pytest.param("gzip, *;q=0", True, id="named_over_all_refused"),
        pytest.param("gzip;q=a", False, id="unreadable_weight"),
        pytest.param("gzipped", False, id="other_word"),
    ],
)
def test_is_gzip_accepted(header: str, *, expected: bool) -> None:
    """Answers are compressed for those who ask for gzip, by name or by `*`, and for nobody who refuses it."""
    assert expected is is_gzip_accepted(header)
