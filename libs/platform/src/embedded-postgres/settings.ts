/** For a small machine that also runs the hub. */
export function settingsFor(options: { port: number; durable: boolean; maxConnections: number }) {
  return {
    listen_addresses: '127.0.0.1',
    port: options.port,
    unix_socket_directories: '',
    max_connections: options.maxConnections,
    shared_buffers: '256MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    random_page_cost: 1.1,
    jit: 'off',
    max_wal_size: '2GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    max_parallel_workers_per_gather: 0,
    timezone: 'UTC',
    fsync: options.durable ? 'on' : 'off',
    synchronous_commit: options.durable ? 'on' : 'off',
    full_page_writes: options.durable ? 'on' : 'off',
    // Detail and statement lines quote values, and the log holds no personal data.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_min_messages: 'error',
  };
}
