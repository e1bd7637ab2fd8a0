/**
 * The result of a task, or the error of `onLate` if the task takes longer. The task goes on, and
 * its later result or failure is ignored.
 */
export function limitTime<T>(
  task: Promise<T>,
  milliseconds: number,
  onLate: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(onLate());
    }, milliseconds);
    const settle = (): void => {
      clearTimeout(timer);
      resolve(task);
    };
    task.then(settle, settle);
  });
}
