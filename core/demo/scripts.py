"""The scripts that really run in the demo, which print and wait and touch nothing, and its workflow."""

AUDIT = """\
echo "Accessibility audit of {{date}}: 46 pages"
for page in home search basket checkout account help; do
  sleep 3
  echo "  $page: contrast, names, focus order and headings are in order"
done
echo "46 pages, no new findings. Two old ones are left: A11Y-12 and A11Y-19."
"""

HUNT = """\
echo "Iteration {{iteration}}: 412 tests in a random order, twelve parts"
for part in 01 02 03 04 05 06 07 08 09 10 11 12; do
  sleep 5
  echo "$(date +%H:%M:%S)  part $part of 12: all passed"
done
echo "No test was flaky. The next iteration shuffles with another seed."
"""

ROLLOUT = """\
echo "Moving 240 queue workers to the new base image, one at a time"
worker=0
while [ "$worker" -lt 240 ]; do
  worker=$((worker + 1))
  sleep 4
  echo "$(date +%H:%M:%S)  worker $worker of 240: drained, replaced, healthy"
done
echo "All workers run on the new base image."
"""

IMAGES = """\
echo "Warming the image cache of staging: 10 groups of 200 products"
for group in 1 2 3 4 5 6 7 8 9 10; do
  sleep 4
  echo "$(date +%H:%M:%S)  group $group of 10: 200 pictures in four sizes"
done
echo "2,000 products are warm."
"""

INDEX = """\
echo "Rebuilding the search index of staging"
for shard in 1 2 3 4 5 6; do
  sleep 3
  echo "  shard $shard of 6: 51,208 documents"
done
echo "The new index is in place; the old one is kept until tomorrow."
"""

PAYOUTS = """\
echo "Payouts of {{date}}: 318 bookings, 318 lines of the bank"
sleep 4
echo "All of them agree to the cent."
"""

UPDATES = """\
echo "Looking for newer versions of 61 dependencies"
sleep 4
echo "5 are behind by a patch release; none has a known vulnerability."
"""

MIGRATION = """\
echo "Copying the tax table: 14 rules"
sleep 6
echo "Checked: every invoice of October comes to the same total with either table."
"""

TRIAGE = """\
echo "Reading new reports"
sleep 2
echo "The tracker answered 401: its token has expired." >&2
exit 22
"""

RELEASE = '''\
name = "release"
version = "3"
description = "Builds a version, tries it, asks, and deploys it."

[params.version]
required = true
pattern = "[0-9]+\\\\.[0-9]+\\\\.[0-9]+"
description = "The version to release, as in 4.18.2."

[[steps]]
id = "build"
kind = "command"
title = "Build the image"
shell = """
echo "Building shop:$PARAM_VERSION"
sleep 1
echo "Built in 1 second: nothing has changed since the last build."
"""

[[steps]]
id = "smoke"
kind = "command"
title = "Smoke test"
shell = """
for page in / /search /basket /checkout /health; do
  echo "GET $page 200"
done
"""

[[steps]]
id = "agree"
kind = "approval"
title = "Deploy {{version}} to production"
message = "The image is built and the smoke test has passed. Deploy storefront {{version}} to production?"

[[steps]]
id = "deploy"
kind = "command"
title = "Deploy"
shell = """
for zone in a b c; do
  sleep 2
  echo "zone $zone: shop:$PARAM_VERSION is live, error rate 0.02 %"
done
"""

[[steps]]
id = "finish"
kind = "complete"
title = "Complete"
'''
