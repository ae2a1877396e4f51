"""The product's addresses, under ``stock/`` those of the stock flow, and ``lean/``."""

from django.urls import path
from viewflow.urls import Site
from viewflow.workflow.flow import FlowAppViewset

from bench.lean import lean
from bench.stock import StockFlow
from project.urls import urlpatterns as product

site = Site(title="Stock", viewsets=[FlowAppViewset(StockFlow, icon="assignment")])
urlpatterns = [path("stock/", site.urls), path("lean/", lean, name="lean"), *product]
