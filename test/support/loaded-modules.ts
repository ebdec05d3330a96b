// To be preloaded by a server: prints what it has loaded, as a line of JSON, when it gets SIGWINCH.
process.on("SIGWINCH", () => console.log(JSON.stringify(Object.keys(require.cache))));
