import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startService } from './child-service.ts';

/** Runs nginx with what would be a file of its `conf.d`, and everything that it writes in `folder`. Ends with the test. */
export async function startNginx(folder: string, code: string): Promise<void> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(folder, name));
    return `${name}_temp_path ${join(folder, name)};`;
  });
  writeFileSync(
    join(folder, 'nginx.conf'),
    [
      // As root it would take another user, who may not read a test's folder.
      process.getuid?.() === 0 ? 'user root;' : '',
      `daemon off; worker_processes 1; pid ${join(folder, 'pid')}; error_log stderr notice;`,
      `events {} http { access_log off; ${temporary.join(' ')}\n${code}\n}`,
    ].join('\n'),
  );
  await startService({
    command: 'nginx',
    words: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    ready: /start worker process/,
    cwd: folder,
  });
}
