import { useCallback, useEffect, useState } from "react";

export interface Live<T> {
  data?: T;
  error?: string;
  reload: () => Promise<T | undefined>;
}

/**
 * What `load` answers, asked again every so many milliseconds, for ever or until an answer is the last one.
 * While an error lasts, the data from before it stay. Both functions must be the same at every rendering.
 */
export function useLive<T>(load: () => Promise<T>, everyMs: number, isLast?: (data: T) => boolean): Live<T> {
  const [state, setState] = useState<{ data?: T; error?: string }>({});

  const reload = useCallback(
    () =>
      load().then(
        (data) => {
          setState({ data });
          return data;
        },
        (error: unknown) => {
          setState((last) => ({ ...last, error: messageOf(error) }));
          return undefined;
        },
      ),
    [load],
  );

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const turn = async () => {
      const data = await reload();
      const last = data !== undefined && isLast?.(data);
      if (!stopped && !last) timer = setTimeout(() => void turn(), everyMs);
    };
    void turn();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [reload, everyMs, isLast]);

  return { ...state, reload };
}

export interface Action {
  busy: boolean;
  error?: string;
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** One thing at a time that the user starts; `run` answers whether it worked. */
export function useAction(): Action {
  const [state, setState] = useState<{ busy: boolean; error?: string }>({ busy: false });

  const run = useCallback(async (work: () => Promise<unknown>) => {
    setState({ busy: true });
    try {
      await work();
      setState({ busy: false });
      return true;
    } catch (error) {
      setState({ busy: false, error: messageOf(error) });
      return false;
    }
  }, []);

  return { ...state, run };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
