"""Who carries work to the step that does it.

Work is a row that is due, whatever carries it. On SQLite the scheduler of the one
process finds it. On PostgreSQL the database also adds a job of procrastinate in the
transaction that makes a row due, so that any of many machines takes it up at once.
A job carries only the step's name and the row's key: the step claims rows again, so a
job that comes twice does nothing, and one that is lost is made good by the next tick.
"""
