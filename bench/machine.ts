import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';

const versionOf = (name: string): string => {
  const { version }: { version: string } = createRequire(import.meta.url)(`${name}/package.json`);
  return `${name} ${version}`;
};

/** The machine and the versions behind a figure, in one line. */
export function machine(...packages: readonly string[]): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const versions = [
    `node ${process.versions.node}`,
    `ICU ${process.versions['icu']}`,
    ...packages.map(versionOf),
  ];
  return `${model}, ${cpus().length} cores, ${memory}; ${versions.join(', ')}`;
}
