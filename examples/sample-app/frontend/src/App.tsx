import { Items } from "./Items";
import { Status } from "./Status";
import { Tasks } from "./Tasks";
import { Uploads } from "./Uploads";

export function App() {
  return (
    <>
      <header>
        <h1>Sample application</h1>
        <p>Everything on this page comes from the running services and is asked again every few seconds.</p>
      </header>
      <main>
        <Status />
        <Items />
        <Uploads />
        <Tasks />
      </main>
      <footer>Page built as version {import.meta.env.VITE_APP_VERSION}</footer>
    </>
  );
}
