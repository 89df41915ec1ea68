@echo off
rem The command strongroom beside the packaged app. It runs in the Node.js of this computer.
where node >nul 2>nul
if errorlevel 1 (
  echo strongroom: The command needs Node.js 20.19 or newer, and no node is on the PATH. 1>&2
  echo Install Node.js from https://nodejs.org, then try again. The app needs none. 1>&2
  exit /b 127
)
node "%~dp0strongroom.js" %*
