import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';

const versionOf = (name: string): string => {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return `${name} ${version}`;
};

/** The machine and the versions behind a figure, in one line. */
export function machine(...packages: readonly string[]): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const versions = [
    `${type()} ${release().split('.').slice(0, 2).join('.')}`,
    `node ${process.versions.node}`,
    `ICU ${process.versions['icu']}`,
    ...packages.map(versionOf),
  ];
  return `${model}, ${cpus().length} cores, ${memory}; ${versions.join(', ')}`;
}
