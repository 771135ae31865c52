"""`make bench`: every measurement, one after the other."""

from tests.bench import bench_draw, bench_import, bench_import_rows, bench_lists, bench_scenarios

for bench in (bench_import, bench_scenarios, bench_draw, bench_import_rows, bench_lists):
    bench.main()
    print()
