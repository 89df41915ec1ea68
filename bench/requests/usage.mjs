/** Loaded before a process that is measured: tells its parent, when asked, what it uses and has used so far. */
process.on('message', (message) => {
  if (message !== 'usage') return;
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ processor: (user + system) / 1000, rss, heapUsed });
});
