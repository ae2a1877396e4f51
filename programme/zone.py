"""The one time zone of the programme: Indian Standard Time, in which days begin, deadlines fall and orders are dated."""

from zoneinfo import ZoneInfo

IST = ZoneInfo("Asia/Kolkata")
