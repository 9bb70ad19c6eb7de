"""One thread for matrices while training."""

from threadpoolctl import threadpool_info

from gradwalk.train.threads import one_thread


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_matrices_have_one_thread_inside_and_what_they_had_after():
    before = blas_threads()
    with one_thread():
        assert blas_threads() == {1}
    assert blas_threads() == before
