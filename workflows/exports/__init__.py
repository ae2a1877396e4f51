"""Lists that go out as .xlsx and .csv: what each holds, how it is written, and long ones that the worker writes."""
