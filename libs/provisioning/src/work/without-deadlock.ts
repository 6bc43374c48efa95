const tries = 5;

/** Once more when Postgres had to break a circle of waiting transactions: all of the work must be in one of them. */
export async function withoutDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const passing = ['40P01', '40001'].includes((error as { code?: string }).code ?? '');
      if (!passing || attempt === tries) throw error;
    }
  }
}
