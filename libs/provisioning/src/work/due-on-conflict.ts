/** A retry keeps its waiting time; a dead letter is tried again because something changed. */
export const dueOnConflict = `
  on conflict (tenant_id, connection_id, subject_id) do update set
    wanted = greatest(w.wanted, excluded.wanted),
    revision = w.revision + 1,
    state = case when w.state = 'retrying' then 'retrying' else 'due' end,
    due_at = case w.state when 'retrying' then w.due_at when 'due' then least(w.due_at, now()) else now() end,
    attempts = case when w.state in ('idle', 'dead', 'held', 'denied') then 0 else w.attempts end`;
