/* The library of grids is half a megabyte: only a page with a grid reads it.
   What Dash finds under its name is a place that reads it, and draws the grid then. */
(function () {
  "use strict";
  const address = document.currentScript.dataset.grid;
  let library = null;

  function read() {
    library = library || new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: address });
      script.onload = () => {
        const found = window.dash_ag_grid;
        // the place stays what it is: another component would be drawn anew
        window.dash_ag_grid = place;
        done(found);
      };
      script.onerror = () => { library = null; failed(new Error("The library of grids cannot be read.")); };
      document.head.append(script);
    });
    return library;
  }
  const Read = window.React.lazy(() => read().then((found) => ({ default: found.AgGrid })));
  function AgGrid(props) {
    return window.React.createElement(window.React.Suspense, { fallback: null }, window.React.createElement(Read, props));
  }
  // what Dash asks of the component before it is read
  AgGrid.dashRenderType = true;
  AgGrid.dashPersistence = { persisted_props: ["selectedRows"], persistence_type: "local" };
  const place = { AgGrid, getApiAsync: (id) => read().then((found) => found.getApiAsync(id)) };
  window.dash_ag_grid = place;
})();
