/** Rests that long, by the machine. */
export const resting = (ms: number): Promise<void> =>
  new Promise((rested) => {
    setTimeout(rested, ms);
  });
