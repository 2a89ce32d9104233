/** Returns the environment of an embedded server: nothing of ours, so no secret either. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TMPDIR: process.env['TMPDIR'],
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  };
}
