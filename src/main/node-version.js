// Plain JavaScript: an older Node understands no more, and would say so in a page of its own.
const WANTED = 24;

if (!process.versions.node.startsWith(`${WANTED}.`)) {
  process.stderr.write(
    `Bonheure runs on Node ${WANTED} and this is ${process.versions.node}: run \`npm ci\` (it brings Node ${WANTED} on Linux) and start by npm, or install Node ${WANTED}.\n`,
  );
  process.exit(1);
}
