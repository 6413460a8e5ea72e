// @ts-check
// A server in a process of its own that tells its CPU time and memory when asked: `node measured-server.mjs MODULE`.
const [, , module] = process.argv;
if (module === undefined) throw new Error('name the module to run');

const synchronous = process.env['BENCH_SYNCHRONOUS'];
const requireChanged =
  synchronous === undefined
    ? () => undefined
    : (await import('./other-synchronous.mjs')).openWith(synchronous);

process.on('message', () => {
  requireChanged();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
await import(module);
