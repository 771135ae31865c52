"""`make bench`: every measurement, one after the other."""

from tests.bench import bench_draw, bench_import

for bench in (bench_import, bench_draw):
    bench.main()
    print()
