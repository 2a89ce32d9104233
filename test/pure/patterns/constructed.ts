/** Prints, as JSON, the patterns that modules construct while they load: `node constructed.ts FILE...`. */
const Original = RegExp;
const seen: { source: string; flags: string }[] = [];

globalThis.RegExp = new Proxy(Original, {
  construct(target, [pattern, flags]: [string | RegExp, string | undefined]) {
    const made = new target(pattern, flags);
    // The second line of a stack is whoever asked; patterns of packages are theirs.
    const asking = new Error('asked').stack?.split('\n')[2] ?? '';
    if (!asking.includes('node_modules')) seen.push({ source: made.source, flags: made.flags });
    return made;
  },
});

const ours: Record<string, { source: string; flags: string }[]> = {};
for (const file of process.argv.slice(2)) {
  const before = seen.length;
  await import(file);
  ours[file] = seen.slice(before);
}
process.stdout.write(JSON.stringify(ours));
