"""Expressions in words."""

import pytest

from core.automations.cron import in_words, parse

TABLE = """
* * * * *                  | Every minute
*/1 * * * *                | Every minute
*/5 * * * *                | Every 5 minutes
0,30 * * * *               | Every 30 minutes
*/7 * * * *                | Every 7 minutes from minute 0 to 56 of every hour
*/45 * * * *               | At 0 and 45 minutes past every hour
*/60 * * * *               | Every hour
0 * * * *                  | Every hour
1 * * * *                  | At 1 minute past every hour
17 * * * *                 | At 17 minutes past every hour
0,10,25 * * * *            | At 0, 10 and 25 minutes past every hour
0-30 * * * *               | Every minute from minute 0 to 30 of every hour
30 2 * * *                 | At 02:30, every day
30 2 * * 1-5               | At 02:30, Monday to Friday
0 9,17 * * *               | At 09:00 and 17:00, every day
0,30 9,17 * * *            | At 09:00, 09:30, 17:00 and 17:30, every day
0 22-23,0-2 * * *          | At 00:00, 01:00, 02:00, 22:00 and 23:00, every day
0 */12 * * *               | At 00:00 and 12:00, every day
0 9-17 * * 1-5             | Every hour from 09:00 to 17:00, Monday to Friday
30 9-17/2 * * *            | At 09:30, 11:30, 13:30, 15:30 and 17:30, every day
*/15 9-17 * * mon-fri      | Every 15 minutes from 09:00 to 17:45, Monday to Friday
* 9-17 * * *               | Every minute from 09:00 to 17:59, every day
0-5 9 * * *                | Every minute from 09:00 to 09:05, every day
0-59 2 * * *               | Every minute from 02:00 to 02:59, every day
0 */2 * * *                | Every 2 hours
17 */2 * * *               | Every 2 hours from 00:17 to 22:17
0 */5 * * *                | At 00:00, 05:00, 10:00, 15:00 and 20:00, every day
*/20 */2 * * *             | Every 20 minutes of every 2nd hour from 0 to 22
0-30 9-17 * * *            | Every minute from minute 0 to 30 of hours 9 to 17, every day
0,15,20 1,2,5 * * *        | At minutes 0, 15 and 20 of hours 1, 2 and 5, every day
0-10,30 8,20 * * *         | At minutes 0 to 10 and 30 of hours 8 and 20, every day
0 0 1 * *                  | At 00:00, on day 1 of the month
0 0 1,15 * *               | At 00:00, on days 1 and 15 of the month
0 0 1-7,15 * *             | At 00:00, on days 1 to 7 and 15 of the month
0 0 */2 * *                | At 00:00, on every 2nd day of the month from day 1 to 31
0 0 13 * 5                 | At 00:00, on day 13 of the month or on Fridays
0 0 13 * 1-5               | At 00:00, on day 13 of the month or Monday to Friday
0 0 13 * */5               | At 00:00, on Fridays and Sundays, but only on day 13 of the month
0 0 */2 * 1                | At 00:00, on Mondays, but only on every 2nd day of the month from day 1 to 31
0 9 1-7 * *,1              | At 09:00, on days 1 to 7 of the month
0 0 1-31 * 1               | At 00:00, every day
0 0 29 2 *                 | At 00:00, on 29 February
0 12 1,15 6 *              | At 12:00, on 1 and 15 June
0 12 * 6-8 *               | At 12:00, every day from June to August
0 12 * 6 5                 | At 12:00, on Fridays, in June
*/5 * * 6 *                | Every 5 minutes, in June
0 0 1 */3 *                | At 00:00, on day 1 of the month, in January, April, July and October
0 0 1 1 0                  | At 00:00, on day 1 of the month or on Sundays, in January
0 0 * * 7                  | At 00:00, on Sundays
0 0 * * 5-7                | At 00:00, Friday to Sunday
0 0 * * 0,1,2              | At 00:00, Sunday to Tuesday
0 0 * * sat,sun            | At 00:00, on Saturdays and Sundays
0 0 * * 1,3,5              | At 00:00, on Mondays, Wednesdays and Fridays
"""
ROWS = [tuple(map(str.strip, line.split("|"))) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("expression", "words"), ROWS)
def test_an_expression_is_said_as_a_person_would(expression: str, words: str) -> None:
    assert in_words(parse(expression)) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [("0-59 * * * *", "* * * * *"), ("0 0 * * 0-7", "0 0 * * *"), ("00 02 * JAN-DEC *", "0 2 * 1-12 *")],
)
def test_what_runs_at_the_same_times_is_said_in_the_same_words(one: str, other: str) -> None:
    assert in_words(parse(one)) == in_words(parse(other))
